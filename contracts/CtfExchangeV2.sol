// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc1155Receiver} from "./Erc1155Receiver.sol";
import {ExchangeControls} from "./ExchangeControls.sol";
import {IConditionalTokens, IErc20, IOutcomeTokenFactory} from "./Interfaces.sol";
import {OrderSignatures} from "./OrderSignatures.sol";
import {Order, OrderStatus, Side} from "./OrderTypes.sol";

struct ExchangeParams {
    address admin;
    address collateral;
    address ctf;
    address ctfCollateral;
    address outcomeTokenFactory;
    address proxyFactory;
    bytes32 proxyInitCodeHash;
    address safeFactory;
    bytes32 safeInitCodeHash;
    address feeReceiver;
}

/// Settles signed orders in pUSD against positions of one condition. An operator brings a taker order together with
/// maker orders; each maker trades at its own limit, and what is better than the taker's limit stays with the taker.
/// All amounts move through this contract and leave it in the same call: it holds nothing between calls.
contract CtfExchangeV2 is ExchangeControls, OrderSignatures, Erc1155Receiver {
    error ReentrantCall();
    error NoMakerOrders();
    error LengthsDiffer();
    error ZeroAmount();
    error OrderAlreadyFilled(bytes32 orderHash);
    error FillExceedsRemaining(bytes32 orderHash, uint256 remaining, uint256 fill);
    error TokenNotOfCondition(uint256 tokenId);
    error OrdersOnSameSideOfToken();
    error NotCrossing(bytes32 makerOrderHash);
    error TakerOverspent(uint256 allowed, uint256 needed);
    error TakerLimitNotMet(uint256 limit, uint256 received);
    error FeeTooHigh(uint256 fee, uint256 maxFee);

    event OrderFilled(
        bytes32 indexed orderHash,
        address indexed maker,
        address indexed taker,
        uint8 side,
        uint256 tokenId,
        uint256 makerAmountFilled,
        uint256 takerAmountFilled,
        uint256 fee,
        bytes32 builder,
        bytes32 metadata
    );
    event OrdersMatched(
        bytes32 indexed takerOrderHash,
        address indexed takerOrderMaker,
        uint8 side,
        uint256 tokenId,
        uint256 makerAmountFilled,
        uint256 takerAmountFilled
    );
    event FeeCharged(address indexed receiver, uint256 amount);

    enum MatchType {
        Complementary,
        Mint,
        Merge
    }

    /// One maker order's part in the match, worked out before anything is paid.
    struct Leg {
        bytes32 orderHash;
        MatchType kind;
        uint256 making;
        uint256 taking;
    }

    /// What the taker's side has done so far: spent from what it brought, received, and sets to mint or merge.
    struct Tally {
        uint256 spent;
        uint256 received;
        uint256 mintSets;
        uint256 mergeSets;
    }

    IErc20 private immutable collateral;
    IConditionalTokens private immutable ctf;
    address private immutable ctfCollateral;
    IOutcomeTokenFactory private immutable outcomeTokenFactory;
    address public immutable feeReceiver;

    mapping(bytes32 orderHash => OrderStatus) private statusOf;
    mapping(bytes32 conditionId => uint256[2]) private tokenIdsOf;
    bool private entered;

    constructor(ExchangeParams memory p)
        ExchangeControls(p.admin)
        OrderSignatures(p.proxyFactory, p.proxyInitCodeHash, p.safeFactory, p.safeInitCodeHash)
    {
        collateral = IErc20(p.collateral);
        ctf = IConditionalTokens(p.ctf);
        ctfCollateral = p.ctfCollateral;
        outcomeTokenFactory = IOutcomeTokenFactory(p.outcomeTokenFactory);
        feeReceiver = p.feeReceiver;
        collateral.approve(p.outcomeTokenFactory, type(uint256).max);
        ctf.setApprovalForAll(p.outcomeTokenFactory, true);
    }

    function getCollateral() external view returns (address) {
        return address(collateral);
    }

    function getCtf() external view returns (address) {
        return address(ctf);
    }

    function getCtfCollateral() external view returns (address) {
        return ctfCollateral;
    }

    function getOutcomeTokenFactory() external view returns (address) {
        return address(outcomeTokenFactory);
    }

    function getOrderStatus(bytes32 orderHash) external view returns (OrderStatus memory) {
        return statusOf[orderHash];
    }

    /// Reverts with the reason when the order could not settle for its signature, its maker's pause or its fill.
    function validateOrder(Order calldata order) external view {
        _validate(hashOrder(order), order);
    }

    /// Reverts when the fee passes the maximum share of the cash that changes hands.
    function validateFee(uint256 cash, uint256 fee) public view {
        uint256 maxFee = cash * getMaxFeeRate() / BPS;
        if (fee > maxFee) revert FeeTooHigh(fee, maxFee);
    }

    function preapproveOrder(Order calldata order) external onlyOperator {
        bytes32 orderHash = hashOrder(order);
        validateOrderSignature(orderHash, order);
        isPreapproved[orderHash] = true;
    }

    function invalidatePreapprovedOrder(bytes32 orderHash) external onlyOperator {
        isPreapproved[orderHash] = false;
    }

    /// Fill amounts are in units of each order's `makerAmount`; fees are in collateral.
    function matchOrders(
        bytes32 conditionId,
        Order memory takerOrder,
        Order[] memory makerOrders,
        uint256 takerFillAmount,
        uint256[] memory makerFillAmounts,
        uint256 takerFeeAmount,
        uint256[] memory makerFeeAmounts
    ) external onlyOperator notPaused {
        if (entered) revert ReentrantCall();
        if (makerOrders.length == 0) revert NoMakerOrders();
        if (makerOrders.length != makerFillAmounts.length || makerOrders.length != makerFeeAmounts.length) {
            revert LengthsDiffer();
        }
        entered = true;
        uint256[2] memory ids = _tokenIds(conditionId);
        bytes32 takerHash = _takeUp(takerOrder, takerFillAmount, ids);
        _pull(takerOrder, takerFillAmount, takerFeeAmount);

        Tally memory tally;
        Leg[] memory legs = new Leg[](makerOrders.length);
        for (uint256 i = 0; i < makerOrders.length; i++) {
            legs[i] = _planLeg(takerOrder, makerOrders[i], makerFillAmounts[i], ids);
            _count(tally, legs[i]);
            _pull(makerOrders[i], legs[i].making, makerFeeAmounts[i]);
        }
        if (tally.mintSets > 0) {
            outcomeTokenFactory.splitPosition(
                address(collateral), bytes32(0), conditionId, _partition(), tally.mintSets
            );
        }
        if (tally.mergeSets > 0) {
            outcomeTokenFactory.mergePositions(
                address(collateral), bytes32(0), conditionId, _partition(), tally.mergeSets
            );
        }
        for (uint256 i = 0; i < makerOrders.length; i++) {
            _settle(
                legs[i].orderHash, makerOrders[i], takerOrder.maker, legs[i].making, legs[i].taking, makerFeeAmounts[i]
            );
        }
        _settleTaker(takerHash, takerOrder, takerFillAmount, takerFeeAmount, tally);
        entered = false;
    }

    function _settleTaker(bytes32 takerHash, Order memory order, uint256 fill, uint256 fee, Tally memory tally) private {
        if (tally.spent > fill) revert TakerOverspent(fill, tally.spent);
        uint256 limit = fill * order.takerAmount / order.makerAmount;
        if (tally.received < limit) revert TakerLimitNotMet(limit, tally.received);
        _settle(takerHash, order, address(this), tally.spent, tally.received, fee);
        _pay(order.side == Side.Buy ? 0 : order.tokenId, order.maker, fill - tally.spent);
        emit OrdersMatched(
            takerHash, order.maker, uint8(order.side), order.tokenId, tally.spent, tally.received
        );
    }

    /// Checks the order, takes `fill` off what is left of it and returns its hash.
    function _takeUp(Order memory order, uint256 fill, uint256[2] memory ids) private returns (bytes32 orderHash) {
        orderHash = hashOrder(order);
        _validate(orderHash, order);
        if (order.tokenId != ids[0] && order.tokenId != ids[1]) revert TokenNotOfCondition(order.tokenId);
        if (fill == 0) revert ZeroAmount();
        OrderStatus storage status = statusOf[orderHash];
        uint256 remaining = status.remaining == 0 ? order.makerAmount : status.remaining;
        if (fill > remaining) revert FillExceedsRemaining(orderHash, remaining, fill);
        status.remaining = uint248(remaining - fill);
        status.filled = remaining == fill;
    }

    function _validate(bytes32 orderHash, Order memory order) private view {
        if (order.makerAmount == 0 || order.takerAmount == 0) revert ZeroAmount();
        if (order.makerAmount > type(uint248).max) revert FillExceedsRemaining(orderHash, type(uint248).max, order.makerAmount);
        if (isUserPaused(order.maker)) revert UserIsPaused();
        if (statusOf[orderHash].filled) revert OrderAlreadyFilled(orderHash);
        validateOrderSignature(orderHash, order);
    }

    function _planLeg(Order memory taker, Order memory maker, uint256 fill, uint256[2] memory ids)
        private
        returns (Leg memory leg)
    {
        leg.orderHash = _takeUp(maker, fill, ids);
        leg.making = fill;
        leg.taking = fill * maker.takerAmount / maker.makerAmount;
        if (leg.taking == 0) revert ZeroAmount();
        bool sameToken = taker.tokenId == maker.tokenId;
        bool sameSide = taker.side == maker.side;
        if (sameToken == sameSide) revert OrdersOnSameSideOfToken();
        if (sameToken) leg.kind = MatchType.Complementary;
        else leg.kind = taker.side == Side.Buy ? MatchType.Mint : MatchType.Merge;
        if (!_crosses(leg.kind, taker, maker)) revert NotCrossing(leg.orderHash);
    }

    /// Compares limit prices as exact fractions, so that no rounding lets a worse price through.
    function _crosses(MatchType kind, Order memory a, Order memory b) private pure returns (bool) {
        if (kind == MatchType.Complementary) {
            return a.makerAmount * b.makerAmount >= a.takerAmount * b.takerAmount;
        }
        if (kind == MatchType.Mint) {
            // Each price is makerAmount / takerAmount; together they must pay for a set.
            return a.makerAmount * b.takerAmount + b.makerAmount * a.takerAmount >= a.takerAmount * b.takerAmount;
        }
        // Each price is takerAmount / makerAmount; together a set must pay for them.
        return a.takerAmount * b.makerAmount + b.takerAmount * a.makerAmount <= a.makerAmount * b.makerAmount;
    }

    function _count(Tally memory tally, Leg memory leg) private pure {
        if (leg.kind == MatchType.Complementary) {
            tally.spent += leg.taking;
            tally.received += leg.making;
        } else if (leg.kind == MatchType.Mint) {
            tally.spent += leg.taking - leg.making;
            tally.received += leg.taking;
            tally.mintSets += leg.taking;
        } else {
            tally.spent += leg.making;
            tally.received += leg.making - leg.taking;
            tally.mergeSets += leg.making;
        }
    }

    /// Brings what the order gives into this contract; a buyer brings the fee on top.
    function _pull(Order memory order, uint256 making, uint256 fee) private {
        if (order.side == Side.Buy) {
            collateral.transferFrom(order.maker, address(this), making + fee);
        } else {
            ctf.safeTransferFrom(order.maker, address(this), order.tokenId, making, "");
        }
    }

    /// Pays the order what it gets; a seller's fee comes out of the proceeds.
    function _settle(bytes32 orderHash, Order memory order, address taker, uint256 making, uint256 taking, uint256 fee)
        private
    {
        if (order.side == Side.Buy) {
            validateFee(making, fee);
            _pay(order.tokenId, order.maker, taking);
        } else {
            validateFee(taking, fee);
            _pay(0, order.maker, taking - fee);
        }
        if (fee > 0) {
            _pay(0, feeReceiver, fee);
            emit FeeCharged(feeReceiver, fee);
        }
        emit OrderFilled(
            orderHash,
            order.maker,
            taker,
            uint8(order.side),
            order.tokenId,
            making,
            taking,
            fee,
            order.builder,
            order.metadata
        );
    }

    /// Token id zero means collateral.
    function _pay(uint256 tokenId, address to, uint256 amount) private {
        if (amount == 0) return;
        if (tokenId == 0) collateral.transfer(to, amount);
        else ctf.safeTransferFrom(address(this), to, tokenId, amount, "");
    }

    /// Both ids of the condition; kept after the first time because they cost a hash onto a curve.
    function _tokenIds(bytes32 conditionId) private returns (uint256[2] memory ids) {
        ids = tokenIdsOf[conditionId];
        if (ids[0] != 0) return ids;
        for (uint256 i = 0; i < 2; i++) {
            ids[i] = ctf.getPositionId(ctfCollateral, ctf.getCollectionId(bytes32(0), conditionId, i + 1));
        }
        tokenIdsOf[conditionId] = ids;
    }

    function _partition() private pure returns (uint256[] memory partition) {
        partition = new uint256[](2);
        partition[0] = 1;
        partition[1] = 2;
    }
}
