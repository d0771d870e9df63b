// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc1155Receiver} from "./Erc1155Receiver.sol";
import {IConditionalTokens, IErc20} from "./Interfaces.sol";
import {WrappedCollateral} from "./WrappedCollateral.sol";

/// The ledger of neg-risk markets: the oracle of their conditions, and the one place where their collateral is
/// wrapped. Converting a set of NO positions is not offered here.
contract NegRiskAdapter is Erc1155Receiver {
    IConditionalTokens public immutable ctf;
    IErc20 public immutable col;
    WrappedCollateral public immutable wcol;

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
