// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc1155Receiver} from "./Erc1155Receiver.sol";
import {IConditionalTokens, IErc20} from "./Interfaces.sol";
import {WrappedCollateral} from "./WrappedCollateral.sol";

/// The ledger of neg-risk markets: the oracle of their conditions, the one place where their collateral is wrapped,
/// and where NO positions convert. A market's id ends in a zero byte; its questions are that id with 0, 1, 2 ... in
/// that byte, and at most one of them resolves YES.
contract NegRiskAdapter is Erc1155Receiver {
    error NoConvertiblePositions();
    error InvalidIndexSet();
    error InvalidMarketId();
    error TooManyQuestions();

    event QuestionPrepared(bytes32 indexed marketId, bytes32 indexed questionId, uint256 index);
    event PositionsConverted(address indexed stakeholder, bytes32 indexed marketId, uint256 indexed indexSet, uint256 amount);

    uint256 public constant FEE_DENOMINATOR = 10_000;
    /// Where converted NO positions end. Nobody has its key, so nobody ever redeems them.
    address public constant NO_TOKEN_BURN_ADDRESS = address(bytes20(keccak256("NO_TOKEN_BURN_ADDRESS")));

    IConditionalTokens public immutable ctf;
    IErc20 public immutable col;
    WrappedCollateral public immutable wcol;

    mapping(bytes32 => uint256) private questionCounts;

    constructor(address conditionalTokens, address usdcE, address wrapped) {
        ctf = IConditionalTokens(conditionalTokens);
        col = IErc20(usdcE);
        wcol = WrappedCollateral(wrapped);
        col.approve(wrapped, type(uint256).max);
        wcol.approve(conditionalTokens, type(uint256).max);
    }

    function balanceOf(address owner, uint256 id) external view returns (uint256) {
        return ctf.balanceOf(owner, id);
    }

    function balanceOfBatch(address[] calldata owners, uint256[] calldata ids) external view returns (uint256[] memory) {
        return ctf.balanceOfBatch(owners, ids);
    }

    function getPositionId(bytes32 conditionId, bool yes) public view returns (uint256) {
        return ctf.getPositionId(address(wcol), ctf.getCollectionId(bytes32(0), conditionId, yes ? 1 : 2));
    }

    function getQuestionCount(bytes32 marketId) external view returns (uint256) {
        return questionCounts[marketId];
    }

    /// Of every market here, as of those of the venue: converting is free.
    function getFeeBips(bytes32) public pure returns (uint256) {
        return 0;
    }

    function getQuestionId(bytes32 marketId, uint8 index) public pure returns (bytes32) {
        return bytes32(uint256(marketId) + index);
    }

    function getConditionId(bytes32 questionId) public view returns (bytes32) {
        return ctf.getConditionId(address(this), questionId, 2);
    }

    /// Gives the market at least `count` questions. Its id is taken as it is, so that a market of the venue keeps its
    /// ids here; production derives it from the oracle and the terms of whoever opens the market.
    function prepareQuestions(bytes32 marketId, uint256 count) external {
        if (uint256(marketId) & 0xff != 0) revert InvalidMarketId();
        if (count > 255) revert TooManyQuestions();
        for (uint256 index = questionCounts[marketId]; index < count; index++) {
            bytes32 questionId = getQuestionId(marketId, uint8(index));
            if (ctf.getOutcomeSlotCount(getConditionId(questionId)) == 0) {
                ctf.prepareCondition(address(this), questionId, 2);
            }
            questionCounts[marketId] = index + 1;
            emit QuestionPrepared(marketId, questionId, index);
        }
    }

    /// Turns `amount` NO of each question in `indexSet` (bit i is question i) into `amount` YES of every other question
    /// of the market, and `amount` dollars for each NO beyond the first. The YES come from splits of collateral that
    /// nothing stands behind; their NO halves go where the converted NO go. Since one question at most resolves YES,
    /// what is never redeemed there is worth at least what was minted and given out.
    function convertPositions(bytes32 marketId, uint256 indexSet, uint256 amount) external {
        uint256 count = questionCounts[marketId];
        if (count < 2) revert NoConvertiblePositions();
        if (indexSet == 0 || indexSet >> count != 0) revert InvalidIndexSet();
        if (amount == 0) return;
        uint256 out = amount - amount * getFeeBips(marketId) / FEE_DENOMINATOR;
        uint256[] memory given = positionIdsOf(marketId, indexSet, false);
        _burn(msg.sender, given, amount);
        uint256 others = indexSet ^ ((1 << count) - 1);
        if (others != 0) _giveYes(marketId, others, amount, out);
        if (given.length > 1) wcol.release(msg.sender, (given.length - 1) * out);
        emit PositionsConverted(msg.sender, marketId, indexSet, amount);
    }

    /// Position ids of the questions in a set, in order of their index.
    function positionIdsOf(bytes32 marketId, uint256 indexSet, bool yes) public view returns (uint256[] memory ids) {
        uint256 length = 0;
        for (uint256 rest = indexSet; rest > 0; rest >>= 1) length += rest & 1;
        ids = new uint256[](length);
        uint256 slot = 0;
        for (uint256 index = 0; slot < length; index++) {
            if (indexSet >> index & 1 == 0) continue;
            ids[slot++] = getPositionId(getConditionId(getQuestionId(marketId, uint8(index))), yes);
        }
    }

    function _giveYes(bytes32 marketId, uint256 indexSet, uint256 amount, uint256 out) private {
        uint256[] memory yes = positionIdsOf(marketId, indexSet, true);
        wcol.mint(yes.length * amount);
        for (uint256 index = 0; indexSet >> index != 0; index++) {
            if (indexSet >> index & 1 == 0) continue;
            bytes32 conditionId = getConditionId(getQuestionId(marketId, uint8(index)));
            ctf.splitPosition(address(wcol), bytes32(0), conditionId, _pair(1, 2), amount);
        }
        _burn(address(this), positionIdsOf(marketId, indexSet, false), amount);
        ctf.safeBatchTransferFrom(address(this), msg.sender, yes, _each(yes.length, out), "");
    }

    function _burn(address from, uint256[] memory ids, uint256 amount) private {
        ctf.safeBatchTransferFrom(from, NO_TOKEN_BURN_ADDRESS, ids, _each(ids.length, amount), "");
    }

    function _each(uint256 length, uint256 amount) private pure returns (uint256[] memory amounts) {
        amounts = new uint256[](length);
        for (uint256 index = 0; index < length; index++) amounts[index] = amount;
    }

    function splitPosition(bytes32 conditionId, uint256 amount) external {
        col.transferFrom(msg.sender, address(this), amount);
        wcol.wrap(address(this), amount);
        ctf.splitPosition(address(wcol), bytes32(0), conditionId, _pair(1, 2), amount);
        ctf.safeBatchTransferFrom(address(this), msg.sender, _ids(conditionId), _pair(amount, amount), "");
    }

    function mergePositions(bytes32 conditionId, uint256 amount) external {
        ctf.safeBatchTransferFrom(msg.sender, address(this), _ids(conditionId), _pair(amount, amount), "");
        ctf.mergePositions(address(wcol), bytes32(0), conditionId, _pair(1, 2), amount);
        wcol.unwrap(msg.sender, amount);
    }

    /// `amounts` of YES and NO.
    function redeemPositions(bytes32 conditionId, uint256[] calldata amounts) external {
        ctf.safeBatchTransferFrom(msg.sender, address(this), _ids(conditionId), amounts, "");
        uint256 before = wcol.balanceOf(address(this));
        ctf.redeemPositions(address(wcol), bytes32(0), conditionId, _pair(1, 2));
        wcol.unwrap(msg.sender, wcol.balanceOf(address(this)) - before);
    }

    function _ids(bytes32 conditionId) private view returns (uint256[] memory) {
        return _pair(getPositionId(conditionId, true), getPositionId(conditionId, false));
    }

    function _pair(uint256 first, uint256 second) private pure returns (uint256[] memory pair) {
        pair = new uint256[](2);
        pair[0] = first;
        pair[1] = second;
    }
}
